"""What Go calls the types of Argo's objects, as its decoder prints them (``spec/data.md`` 11.2).

A record is ``v1.`` or ``v1alpha1.`` and its name; a list is ``[]`` and its item. Here are the types with a name of
their own, which no schema tells.
"""

from __future__ import annotations

#: Fields whose Go type has a name, by the Python class; the class ``*`` stands for all.
NAMED: dict[tuple[str, str], str] = {
    ("*", "concurrencyPolicy"): "v1alpha1.ConcurrencyPolicy",
    ("*", "dnsPolicy"): "v1.DNSPolicy",
    ("*", "effect"): "v1.TaintEffect",
    ("*", "estimatedDuration"): "v1alpha1.EstimatedDuration",
    ("*", "fsGroupChangePolicy"): "v1.PodFSGroupChangePolicy",
    ("*", "hooks"): "v1alpha1.LifecycleHooks",
    ("*", "imagePullPolicy"): "v1.PullPolicy",
    ("*", "mountPropagation"): "v1.MountPropagationMode",
    ("*", "persistentVolumeReclaimPolicy"): "v1.PersistentVolumeReclaimPolicy",
    ("*", "procMount"): "v1.ProcMountType",
    ("*", "progress"): "v1alpha1.Progress",
    ("*", "protocol"): "v1.Protocol",
    ("*", "resourcesDuration"): "v1alpha1.ResourcesDuration",
    ("*", "retryPolicy"): "v1alpha1.RetryPolicy",
    ("*", "scheme"): "v1.URIScheme",
    ("*", "shutdown"): "v1alpha1.ShutdownStrategy",
    ("*", "terminationMessagePolicy"): "v1.TerminationMessagePolicy",
    ("*", "volumeMode"): "v1.PersistentVolumeMode",
    ("Gauge", "operation"): "v1alpha1.GaugeOperation",
    ("HTTP", "headers"): "v1alpha1.HTTPHeaders",
    ("Inputs", "artifacts"): "v1alpha1.Artifacts",
    ("Outputs", "artifacts"): "v1alpha1.Artifacts",
    ("Arguments", "artifacts"): "v1alpha1.Artifacts",
    ("Data", "transformation"): "v1alpha1.Transformation",
    ("LabelSelectorRequirement", "operator"): "v1.LabelSelectorOperator",
    ("NodeSelectorRequirement", "operator"): "v1.NodeSelectorOperator",
    ("NodeStatus", "phase"): "v1alpha1.NodePhase",
    ("NodeResult", "phase"): "v1alpha1.NodePhase",
    ("NodeStatus", "type"): "v1alpha1.NodeType",
    ("ObjectMeta", "uid"): "types.UID",
    ("OwnerReference", "uid"): "types.UID",
    ("PodGC", "strategy"): "v1alpha1.PodGCStrategy",
    ("ArtifactGC", "strategy"): "v1alpha1.ArtifactGCStrategy",
    ("ResourceRequirements", "limits"): "v1.ResourceList",
    ("ResourceRequirements", "requests"): "v1.ResourceList",
    ("Toleration", "operator"): "v1.TolerationOperator",
    ("VolumeClaimGC", "strategy"): "v1alpha1.VolumeClaimGCStrategy",
    ("VolumeResourceRequirements", "limits"): "v1.ResourceList",
    ("VolumeResourceRequirements", "requests"): "v1.ResourceList",
    ("WorkflowLevelArtifactGC", "strategy"): "v1alpha1.ArtifactGCStrategy",
    ("WorkflowTaskResult", "phase"): "v1alpha1.NodePhase",
    ("WorkflowStatus", "conditions"): "v1alpha1.Conditions",
    ("WorkflowStatus", "nodes"): "v1alpha1.Nodes",
    ("WorkflowStatus", "phase"): "v1alpha1.WorkflowPhase",
}
#: Classes that Go knows by another name.
RENAMED = {"ProbeHTTPHeader": "HTTPHeader"}


def struct_name(name: str) -> str:
    """The name of a record's Go type without its package."""
    return RENAMED.get(name, name)


def record_type(name: str, module: str) -> str:
    """The Go type of a record, from its class name and module."""
    kubernetes = module.rpartition(".")[2] in {"pod", "meta"} and name != "Metadata"
    return f"{'v1' if kubernetes else 'v1alpha1'}.{struct_name(name)}"


def named(owner: str, field: str) -> str | None:
    """The name of a field's Go type, if it has one of its own."""
    return NAMED.get((owner, field)) or NAMED.get(("*", field))
