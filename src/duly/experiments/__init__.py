"""Who takes part in what: GrowthBook's hash, and the shares of users it deals out."""
