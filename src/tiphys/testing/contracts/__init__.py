"""Contract suites: what every adapter of a port must do, for our adapters and for anybody else's."""
