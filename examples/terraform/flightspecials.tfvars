# For include/pipelines/flightspecials.yaml; replace YOUR-... .
replication_instance = "dmsworkshop-target-dmsrepl"
subnet_ids           = ["YOUR-SUBNET", "YOUR-OTHER-SUBNET"]
security_group_ids   = ["YOUR-SECURITY-GROUP"]
evidence_bucket      = "YOUR-EVIDENCE-BUCKET"
policy_file          = "policy.json"
airflow_role         = "YOUR-AIRFLOW-ROLE"

connections = [
  "flightspecials_api",
  "flightspecials_dms_source",
  "flightspecials_postgres",
  "travelbuddy_dms_target",
  "travelbuddy_oracle",
]
