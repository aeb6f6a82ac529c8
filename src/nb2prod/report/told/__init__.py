"""What is told of one version: its report and its model card."""
