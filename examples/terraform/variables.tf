variable "parameter_group_family" {
  description = "The family of the RDS instance's engine version."
  type        = string
  default     = "postgres16"
}

variable "replication_instance" {
  description = "dms.replication_instance of the pipeline file."
  type        = string
}

variable "subnet_ids" {
  description = "Subnets of two availability zones, from which PostgreSQL and Oracle can be reached."
  type        = list(string)
}

variable "security_group_ids" {
  description = "Security groups that PostgreSQL and Oracle let in."
  type        = list(string)
}

variable "connections" {
  description = "The Airflow connections that the pipeline file names, without aws.connection: that one is airflow_role."
  type        = set(string)
}

variable "dms_secrets" {
  description = "secret.id of the endpoints in the pipeline file that have one."
  type        = set(string)
  default     = []
}

variable "evidence_bucket" {
  description = "The bucket of evidence.base_path."
  type        = string
}

variable "evidence_retention_days" {
  description = "How long nobody can delete a record."
  type        = number
  default     = 365
}

variable "policy_file" {
  description = "What `python -m reverse_sync.policy PIPELINE --account NUMBER` printed."
  type        = string
}

variable "airflow_role" {
  description = "The name of the role that aws.connection uses, such as the execution role of Amazon MWAA."
  type        = string
}
