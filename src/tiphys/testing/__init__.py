"""Public: virtual time, a fake runtime, playbooks and contract suites."""
