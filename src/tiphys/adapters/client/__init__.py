"""The actions of ``ports.api`` over Argo's REST API: against a Tiphys server or an argo-server."""
