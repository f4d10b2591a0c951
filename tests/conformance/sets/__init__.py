"""One module per set: ``cases(corpus)`` gives the cases and ``run(case)`` what became of one."""
