"""``resource`` templates: actions on objects with the rights of the pod's ServiceAccount, and waiting for them."""
