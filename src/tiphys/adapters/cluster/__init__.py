"""The objects of a real cluster, named by a kubeconfig; ``objects.py`` implements ``ports.objects``."""
