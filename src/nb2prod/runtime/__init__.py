"""What every service needs: verified loading, schema checks, frames and prediction.

This package is copied verbatim into each generated service. It imports nothing but the standard
library, numpy, pandas, scikit-learn and joblib, and its own modules relatively.
"""
