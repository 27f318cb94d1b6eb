"""Campaigns: a plan cut into shards, each measured by a task of its own, on a cluster or shard by shard here."""
