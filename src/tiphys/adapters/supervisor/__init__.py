"""The process that owns the pods of a data directory, whatever their containers are made of.

It outlives the controllers that talk to it (``connection``), runs pods by their plans (``server``, ``pod``,
``container``), probes them (``probes``, ``actions``), has the executor place and keep artifacts (``work``) and writes
what it sees to disk (``layout``, ``journal``, ``logfile``).  ``records`` is what is said over the line.  How a
container comes to life is a runtime's affair: ``launcher`` is what the runtime implements, on top of
``runtime.SupervisedRuntime``.
"""
