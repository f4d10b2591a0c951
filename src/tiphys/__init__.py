"""Run Argo Workflows manifests on one machine."""
