"""The FlightSpecials service of the rehearsal, on the real PostgreSQL."""
