"""Objects as Kubernetes has them: selectors, patches, rights; pure, nothing about runs."""
