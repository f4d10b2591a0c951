"""The objects of this machine as a small cluster: ``ports.objects`` over the store, with rights, owners and views."""
