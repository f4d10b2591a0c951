"""Pure decisions: no I/O, no clock, no task. Everything here can be called in a REPL."""
