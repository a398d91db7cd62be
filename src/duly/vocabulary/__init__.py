"""What rules talk about before anybody writes one: types, words, zones, tracking plans and the prelude."""
