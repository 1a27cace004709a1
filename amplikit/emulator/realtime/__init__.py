"""AppSync's real-time channel: connections, subscriptions, delivery."""
