"""The small part of the Kubernetes API that tells an ingress's address: over TLS, to who has the token."""
