"""What the fields of Argo's objects are for, a line each; ``fieldhelp`` reads it.

A record stands at the beginning of a line, its fields below it.  ``*`` holds the fields that mean the same wherever
they occur; a record's own line wins.  Fields of Kubernetes types have no text here.
"""

from __future__ import annotations

from typing import Final

TEXTS: Final = """
*
  apiVersion  version of the API; argoproj.io/v1alpha1
  kind  type of the object
  metadata  name, namespace, labels and annotations
  spec  what is wanted
  status  what has happened so far; written by the controller
  name  name by which other parts refer to it
  arguments  parameters and artifacts that are passed on
  template  name of the template to run
  templateRef  template of a WorkflowTemplate or ClusterWorkflowTemplate to run
  inline  template written in place instead of a name
  hooks  templates to run on events in its life, by name; exit runs when it is over
  onExit  template to run when it is over, whatever its result
  when  condition; without it, or when it holds, this runs, otherwise it is skipped
  withItems  list to loop over; {{item}} is the present element
  withParam  JSON list as text to loop over, mostly an output of an earlier step
  withSequence  range of numbers to loop over
  continueOn  results that do not stop what follows
  activeDeadlineSeconds  seconds after which it is ended and counts as failed
  affinity  which machines may run the pods (Kubernetes)
  automountServiceAccountToken  whether pods get a token for the Kubernetes API
  executor  settings of the container that Argo adds to every pod
  hostAliases  lines to add to /etc/hosts of the pods
  metrics  Prometheus metrics to emit
  nodeSelector  labels that a machine must have to run the pods
  parallelism  how many may run at the same time
  podSpecPatch  strategic merge patch of the pod, as YAML or JSON text
  podMetadata  labels and annotations of the pods
  podResources  requests and limits of the pods as a whole
  resourceClaims  device claims of the pods
  retryStrategy  how often and when to try again after a failure
  schedulerName  Kubernetes scheduler that places the pods
  securityContext  users, groups and privileges
  serviceAccountName  service account under which pods run
  synchronization  locks to hold while it runs
  tolerations  taints of machines that the pods accept
  volumes  volumes that containers can mount
  container  container to run
  image  container image
  command  program to run, instead of the entrypoint of the image
  args  arguments of the command
  env  environment variables
  envFrom  config maps and secrets whose entries become environment variables
  volumeMounts  volumes to mount, and where
  workingDir  directory in which the command starts
  resources  requests and limits of CPU, memory and other resources
  imagePullPolicy  when the image is fetched: Always, IfNotPresent or Never
  ports  ports that the container opens
  livenessProbe  check whose failure restarts the container
  readinessProbe  check that says whether the container can serve
  startupProbe  check that must pass before the other probes begin
  lifecycle  what to do after the start and before the end of the container
  resizePolicy  whether the container restarts when its resources change
  restartPolicy  whether the container is started again when it ends
  restartPolicyRules  exit codes after which the container is started again
  stdinOnce  whether standard input is closed after its first reader has gone
  terminationMessagePath  file of the message that the container leaves behind
  terminationMessagePolicy  where that message comes from: File or FallbackToLogsOnError
  volumeDevices  block devices to attach
  conditions  facts about its state
  waiting  locks that are waited for
  holding  locks that are held
  holders  nodes that hold the lock
  holder  node that holds the lock
  tty  whether the container gets a terminal
  stdin  whether the container gets a standard input
  expression  expression in expr-lang
  labels  labels, by key
  annotations  annotations, by key
  clusterScope  whether it is a ClusterWorkflowTemplate rather than a WorkflowTemplate
  message  why it is in this state
  phase  state: Pending, Running, Succeeded, Failed or Error
  progress  finished and all pods, as in 3/10
  startedAt  when it started
  finishedAt  when it ended
  estimatedDuration  seconds that it probably takes, from earlier runs
  resourcesDuration  seconds times resource that it has used
  outputs  parameters and artifacts that it gives out
  inputs  parameters and artifacts that it takes
  parameters  named texts
  artifacts  named files and folders
  bucket  bucket that holds the object
  endpoint  address of the service
  key  key of the object in the bucket
  keyFormat  pattern of the keys of outputs, with tags
  accessKeySecret  secret that holds the access key
  secretKeySecret  secret that holds the secret key
  sessionTokenSecret  secret that holds a session token
  useSDKCreds  whether the usual credentials of the machine are used
  createBucketIfNotPresent  make the bucket when it does not exist
  region  region of the bucket
  roleARN  role to take on
  insecure  whether to use http instead of https
  caSecret  secret that holds the certificate of the authority
  encryptionOptions  how objects are encrypted
  addressingStyle  how the bucket is named in addresses: auto, path or virtual-host
  usernameSecret  secret that holds the user name
  passwordSecret  secret that holds the password
  archive  how outputs are packed; a gzipped tar when nothing is said
  archiveLogs  whether logs of the containers are kept as artifacts
  artifactGC  when the artifacts are deleted
  artifactory  artifact in JFrog Artifactory
  azure  artifact in Azure Blob Storage
  file  artifact in the data directory of Tiphys
  gcs  artifact in Google Cloud Storage
  git  artifact that is a checkout of a git repository
  hdfs  artifact in HDFS
  http  artifact behind an HTTP address
  oss  artifact in Alibaba Cloud OSS
  plugin  artifact that a plugin loads and saves
  raw  artifact whose content is in the manifest
  s3  artifact in S3 or a compatible service
  globalName  name under which the whole workflow can read it, below workflow.outputs
  mode  permission bits of the file
  optional  whether it may be missing
  from  reference to the artifact, such as {{steps.a.outputs.artifacts.b}}
  fromExpression  expression that gives the artifact
  path  place of the file or folder in the container
  subPath  part of the artifact to use
  recurseMode  whether mode is for everything in the folder
  deleted  whether the artifact has been deleted
  accountKeySecret  secret that holds the account key
  serviceAccountKeySecret  secret that holds the service account key
  lifecycleRule  when objects become infrequently accessed, and when they are deleted
  securityToken  token of temporary credentials
  addresses  addresses of the name nodes
  hdfsUser  user of the files
  force  whether existing files are replaced
  dataTransferProtection  protection of the data on its way
  krbCCacheSecret  secret that holds a Kerberos ticket cache
  krbConfigConfigMap  config map that holds krb5.conf
  krbKeytabSecret  secret that holds a Kerberos keytab
  krbRealm  Kerberos realm
  krbServicePrincipalName  Kerberos principal of the name node
  krbUsername  Kerberos user
  configuration  settings for the plugin
  strategy  when it is done
  description  what it is for, for people
  value  the value
  configMap  name of the config map
  configMapKeyRef  entry of a config map
  database  entry of the database of locks
  namespace  namespace; that of the workflow when nothing is said
  workflowMetadata  labels and annotations of the workflows that are made
  workflowTemplateRef  WorkflowTemplate whose spec is used
  type  which kind it is
Workflow
  spec  what the workflow does
WorkflowTemplate
  spec  the templates, and what workflows made of it do
ClusterWorkflowTemplate
  spec  the templates, and what workflows made of it do
CronWorkflow
  spec  when workflows start, and what they do
WorkflowEventBinding
  spec  which events start which workflow
WorkflowSpec
  activeDeadlineSeconds  seconds that the workflow may run
  archiveLogs  whether logs of all containers are kept as artifacts
  arguments  parameters and artifacts of the workflow, with their values
  artifactGC  when the artifacts of the workflow are deleted
  artifactRepositoryRef  config map that says where artifacts are kept
  dnsConfig  name servers of the pods
  dnsPolicy  how pods resolve names
  entrypoint  name of the template with which the workflow starts
  executorPlugins  plugins that run beside the pods
  hostNetwork  whether pods share the network of their machine
  imagePullSecrets  secrets for fetching images
  metrics  Prometheus metrics about the workflow as a whole
  onExit  template to run when the workflow is over, whatever its result
  parallelism  how many pods of the workflow may run at the same time
  podDisruptionBudget  how many pods may be disturbed at the same time
  podGC  when finished pods are deleted
  podPriorityClassName  priority class of the pods
  priority  workflows with a higher number start first
  retryStrategy  how templates without a strategy of their own are tried again
  shutdown  Stop or Terminate, to end the workflow
  suspend  whether the workflow waits before it starts anything
  templateDefaults  fields that every template has unless it says otherwise
  templates  the templates of the workflow: the work and how it is put together
  ttlStrategy  how long the finished workflow is kept
  volumeClaimGC  when volume claims of the workflow are deleted
  volumeClaimTemplates  volume claims that are made for the workflow
  workflowMetadata  labels and annotations to add to the workflow
  workflowTemplateRef  WorkflowTemplate to run; templates must then be absent
Template
  annotations  annotations of the template
  archiveLocation  where outputs and logs of this template are kept
  containerSet  several containers of one pod, in an order
  daemon  whether the workflow goes on once the container is ready, and ends it at the end
  dag  tasks and what each of them depends on
  data  list of artifacts, found and transformed
  failFast  whether a failed child of a steps or DAG template keeps new ones from starting
  http  HTTP request instead of a pod
  initContainers  containers that run before the others
  memoize  take the outputs of an earlier run with the same key
  name  name of the template
  parallelism  how many children of the template may run at the same time
  pendingTimeout  how long a pod may wait for its start
  plugin  work done by an executor plugin; its name and settings
  priorityClassName  priority class of the pod
  resource  Kubernetes object to make, change or delete
  script  source text to run in a container
  sidecars  containers that run beside the main one
  steps  groups of steps; groups run one after the other, the steps of a group together
  suspend  wait for a time, or until somebody goes on
  timeout  how long a node may take from its start, such as 10m; waiting for a machine counts
ArtifactLocation
  archiveLogs  whether logs are kept here
Arguments
  artifacts  artifacts to pass on
  parameters  parameters to pass on
Inputs
  artifacts  artifacts that the template takes, and where they are put
  parameters  parameters that the template takes
Outputs
  artifacts  artifacts that the template gives out, and where they are found
  exitCode  exit code of the main container
  parameters  parameters that the template gives out
  result  what a script or container wrote to its standard output
Parameter
  default  value when none is passed
  enum  values that are allowed
  value  value of the parameter
  valueFrom  where the value comes from
ValueFrom
  default  value when the source has none
  event  expression over the event that started the workflow
  expression  expression that gives the value
  jqFilter  jq filter over the object of a resource template
  jsonPath  JSONPath into the object of a resource template
  parameter  reference to an output of a step or task
  path  file in the container that holds the value
  supplied  somebody gives the value while the workflow is suspended
Artifact
  name  name of the artifact
ArchiveStrategy
  none  keep files as they are; a folder is stored file by file
  tar  pack to a tar archive
  zip  pack to a zip archive
TarStrategy
  compressionLevel  gzip level from 0 to 9
ArtifactGC
  podMetadata  labels and annotations of the pods that delete
  serviceAccountName  service account of the pods that delete
  strategy  OnWorkflowCompletion, OnWorkflowDeletion or Never
WorkflowLevelArtifactGC
  forceFinalizerRemoval  let the workflow go even when artifacts could not be deleted
  podSpecPatch  patch of the pods that delete
  strategy  OnWorkflowCompletion, OnWorkflowDeletion or Never
ArtifactoryArtifact
  url  address of the artifact
AzureArtifact
  blob  path of the blob
  container  Azure container that holds the blob
  endpoint  address of the storage account
GitArtifact
  branch  branch to fetch
  depth  how many commits to fetch
  disableSubmodules  leave submodules out
  fetch  refs to fetch as well
  insecureIgnoreHostKey  do not check the host key of SSH
  insecureSkipTLS  do not check the certificate
  repo  address of the repository
  revision  commit, tag or branch to check out
  singleBranch  fetch this branch only
  sshPrivateKeySecret  secret that holds the SSH key
HTTPArtifact
  auth  how to log in
  headers  headers of the request
  saveStreamViaFile  keep uploads in a file first
  url  address of the artifact
HTTPAuth
  basicAuth  user name and password
  clientCert  client certificate
  oauth2  OAuth2 client credentials
ClientCertAuth
  clientCertSecret  secret that holds the certificate
  clientKeySecret  secret that holds its key
OAuth2Auth
  clientIDSecret  secret that holds the client ID
  clientSecretSecret  secret that holds the client secret
  endpointParams  parameters for the token request
  scopes  scopes to ask for
  tokenURLSecret  secret that holds the address of the token service
OAuth2EndpointParam
  key  name of the parameter
Header
  name  name of the header
PluginArtifact
  connectionTimeoutSeconds  seconds to wait for the plugin
  key  key of the artifact
  name  name of the plugin
RawArtifact
  data  content of the file
HDFSArtifact
  path  path of the file
ArtifactRepositoryRef
  configMap  name of the config map; artifact-repositories when nothing is said
  key  entry of the config map
LifecycleHook
  expression  condition on which the hook runs
TemplateRef
  name  name of the WorkflowTemplate
  template  template in it
WorkflowTemplateRef
  name  name of the WorkflowTemplate
WorkflowStep
  name  name of the step, by which later steps read its outputs
DAGTask
  dependencies  tasks that must have succeeded before; an older form of depends
  depends  condition over the results of other tasks, such as a && (b.Failed || c)
  name  name of the task, by which other tasks depend on it
DAGTemplate
  failFast  whether the DAG ends with a failed target although others were never reached; true when absent
  target  tasks that are wanted; those that none of them needs do not run
  tasks  the tasks
ContinueOn
  error  go on after Error
  failed  go on after Failed
Sequence
  count  how many numbers; instead of end
  end  last number
  format  printf pattern of an item, such as %02d
  start  first number; 0 when nothing is said
ScriptTemplate
  source  text of the script; it is written to a file that the command gets as argument
ContainerSetTemplate
  containers  the containers; main is the one that takes inputs and gives outputs
  retryStrategy  how often containers are tried again
ContainerNode
  dependencies  containers that must have ended before
  name  name of the container
ContainerSetRetryStrategy
  duration  time between two attempts
  retries  how many attempts are made after the first
UserContainer
  mirrorVolumeMounts  whether the mounts of the main container are here too
ResourceTemplate
  action  get, create, apply, delete, replace or patch
  failureCondition  condition over the object that means failure
  flags  more flags for kubectl
  manifest  the object as YAML text
  manifestFrom  artifact that holds the object
  mergeStrategy  how a patch is merged: strategic, merge or json
  setOwnerReference  whether the object is deleted with the workflow
  successCondition  condition over the object that means success
ManifestFrom
  artifact  artifact that holds the object
HTTP
  body  body of the request
  bodyFrom  body of the request from another source
  headers  headers of the request
  insecureSkipVerify  do not check the certificate
  method  method of the request; GET when nothing is said
  successCondition  expression over request and response that means success
  timeoutSeconds  seconds until the request fails; 30 when nothing is said
  url  address of the request
HTTPBodySource
  bytes  body in base64
HTTPHeader
  name  name of the header
  valueFrom  where the value comes from
HTTPHeaderSource
  secretKeyRef  secret that holds the value
Data
  source  where the list comes from
  transformation  expressions that change the list, one after the other
DataSource
  artifactPaths  list the files of a bucket
TransformationStep
  expression  expression over data, the list so far
SuspendTemplate
  duration  how long to wait; without it until somebody goes on
Memoize
  cache  where outputs are kept
  key  key under which outputs are kept, with tags
  maxAge  how old outputs may be to be taken
Cache
  configMap  config map that holds the outputs
RetryStrategy
  affinity  whether the next attempt goes to another machine
  backoff  time between attempts
  expression  condition on which to try again; lastRetry tells of the last attempt
  limit  how many attempts are made after the first; no limit when absent
  retryPolicy  after what to try again: OnFailure, OnError, Always or OnTransientError
RetryAffinity
  nodeAntiAffinity  run the next attempt on another machine
Backoff
  cap  longest time between two attempts
  duration  time before the second attempt, such as 10s
  factor  by what the time is multiplied after each attempt
  maxDuration  time after which no more attempts are made
Synchronization
  mutexes  locks that one holder can have at a time
  semaphores  locks that several holders can have at a time
Mutex
  database  whether the lock is kept in the database of locks
  name  name of the lock
SemaphoreRef
  configMapKeyRef  entry of a config map that says how many may hold the lock
SyncDatabaseRef
  key  entry of the database
Metrics
  prometheus  the metrics
Prometheus
  counter  value that only grows
  gauge  value that goes up and down
  help  what the metric tells
  histogram  values sorted into buckets
  labels  labels of the metric
  name  name of the metric
  when  condition on which it is emitted
Counter
  value  what is added, as a number or tag
Gauge
  operation  Set, Add or Sub
  realtime  whether the value is emitted while it runs
  value  the value, as a number or tag
Histogram
  buckets  upper bounds of the buckets
  value  the value, as a number or tag
MetricLabel
  key  name of the label
PodGC
  deleteDelayDuration  how long a pod is kept before it is deleted
  labelSelector  which pods are deleted
  strategy  OnPodCompletion, OnPodSuccess, OnWorkflowCompletion or OnWorkflowSuccess
TTLStrategy
  secondsAfterCompletion  seconds that a finished workflow is kept
  secondsAfterFailure  seconds that a failed workflow is kept
  secondsAfterSuccess  seconds that a succeeded workflow is kept
VolumeClaimGC
  strategy  OnWorkflowCompletion or OnWorkflowSuccess
WorkflowMetadata
  labelsFrom  labels whose values are expressions
LabelValueFrom
  expression  expression that gives the value
Metadata
  annotations  annotations to add
  labels  labels to add
ExecutorConfig
  serviceAccountName  service account of the container that Argo adds
ExecutorPlugin
  spec  what runs beside the pods
ExecutorPluginSpec
  sidecar  container of the plugin
CronWorkflowSpec
  concurrencyPolicy  what to do when the last workflow still runs: Allow, Forbid or Replace
  failedJobsHistoryLimit  how many failed workflows are kept
  schedules  cron expressions; a workflow starts when one of them is due
  startingDeadlineSeconds  how many seconds late a workflow may start
  stopStrategy  when no more workflows are started
  successfulJobsHistoryLimit  how many succeeded workflows are kept
  suspend  whether no workflows are started for now
  timezone  IANA name of the time zone of the schedules
  when  condition that must hold when a schedule is due
  workflowSpec  what the workflows do
StopStrategy
  expression  expression over the counts of workflows; when true, no more are started
WorkflowEventBindingSpec
  event  which events count
  submit  what they start
Event
  selector  expression over the event; when true, the workflow is started
Submit
  metadata  metadata of the workflow that is made
WorkflowStatus
  artifactGCStatus  how far the deletion of artifacts is
  compressedNodes  the nodes in compressed form, when they are many
  conditions  facts about the workflow as a whole
  nodes  what has run, by node ID
  offloadNodeStatusVersion  version of the nodes that are kept elsewhere
  persistentVolumeClaims  volume claims that were made
  storedTemplates  templates as they were when the workflow started
  storedWorkflowTemplateSpec  spec as it was when the workflow started
  synchronization  locks that are held and waited for
  taskResultsCompletionStatus  whether the outputs of each pod have arrived
NodeStatus
  boundaryID  node of the steps or DAG template around this one
  children  nodes that come after this one
  daemoned  whether it is a daemon that runs on
  displayName  short name, for people
  failedPodRestarts  how often its pod was started anew before it ran
  hostNodeName  machine that ran the pod
  id  identifier of the node
  memoizationStatus  whether outputs of an earlier run were taken
  name  full name, with those of the nodes around it
  nodeFlag  whether it is a hook or a retry
  outboundNodes  last nodes inside, after which the next ones come
  podIP  address of the pod
  templateName  template that it ran
  templateScope  object that holds the template
  type  Pod, Steps, StepGroup, DAG, TaskGroup, Retry, Skipped, Suspend, HTTP or Plugin
S3EncryptionOptions
  enableEncryption  whether the service encrypts objects
  kmsEncryptionContext  further data for the key service, as JSON
  kmsKeyId  key of the key service
  serverSideCustomerKeySecret  secret that holds a key of your own
CreateS3BucketOptions
  objectLocking  whether objects of the bucket can be locked
OSSLifecycleRule
  markDeletionAfterDays  days after which an object is deleted
  markInfrequentAccessAfterDays  days after which an object counts as rarely read
MemoizationStatus
  cacheName  config map that holds the outputs
  hit  whether outputs of an earlier run were found
  key  key under which they were looked for
NodeFlag
  hooked  whether it is a hook
  retried  whether it is an attempt of a Retry node
CronWorkflowStatus
  active  workflows that run
  failed  how many workflows failed
  lastScheduledTime  when the last workflow was due
  succeeded  how many workflows succeeded
WorkflowTaskSet
  spec  what the agent has to do
  status  what it has done
WorkflowTaskSetSpec
  tasks  templates to run, by node ID
WorkflowTaskSetStatus
  nodes  results, by node ID
NodeResult
  message  why the node is in its phase
  outputs  parameters, artifacts and result
  phase  phase of the node
  progress  how much is done, as done/total
WorkflowTaskResult
  message  why the node is in its phase
  outputs  parameters, artifacts and result that the executor has saved
  phase  phase of the node
  progress  how much is done, as done/total
WorkflowArtifactGCTask
  spec  which artifacts are to be deleted
  status  which are
ArtifactGCSpec
  artifactsByNode  artifacts to delete, by node ID
ArtifactNodeSpec
  archiveLocation  where artifacts lie that do not say it themselves
  artifacts  the artifacts, by name
ArtifactGCStatus
  artifactResultsByNode  results, by node ID
ArtifactResultNodeStatus
  artifactResults  results, by name of the artifact
ArtifactResult
  error  why it could not be deleted
  name  name of the artifact
  success  whether it is gone
"""
