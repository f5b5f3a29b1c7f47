"""Kibana as code: data views, a Discover session and two dashboards, and the file Kibana imports."""
