"""All static checks; the only maker of a ValidWorkflow."""
