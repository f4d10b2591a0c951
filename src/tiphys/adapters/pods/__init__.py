"""What a Pod manifest asks for, with everything looked up; shared by the runtimes that run containers.

Data in, data out: no process, no file but those of the host that a volume names.  ``manifest`` is the manifest, typed;
``environment``, ``volumes``, ``probes`` and ``users`` are its parts, ``planning`` puts them together.  ``problems`` are
the texts of Kubernetes for what cannot be had, ``refusals`` what one machine cannot have.
"""
