"""What happens around one user command: files before it, outputs after it.  Import-light."""
