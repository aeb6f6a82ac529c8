"""Plots as inline SVG: plain functions of plain values, with colours from the page's styles."""
