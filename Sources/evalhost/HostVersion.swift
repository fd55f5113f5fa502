// The version of the program, in one place.

/// What `--version` prints and results record.
let hostVersion = "0.1.0"
