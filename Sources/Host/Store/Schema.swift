// The database's schema, version 1. This page is its specification.
//
//   runs ─< attempts                  one row a run, one row an execution of it
//   benchmarks ─< manifests           (name, split) once; each prepared file of it once, by checksum
//   models, plugins                   once by (name, signature) and by (id, version, sha256)
//   runs ─< tasks                     one model x one prepared split x one mode x one generation key
//   tasks ─< stages                   each (stage number, stage name) that the task's tries have had
//   tasks ─< completions >─ prompts   one row a (task, sample, repeat, stage); prompts once by hash
//   tasks ─< judgings ─< verdicts     a judging judges a task's completions; one row a try
//   tasks ─< errors, conflicts, groups        judgings ─ scores (one row a judging)
//
// Times are whole seconds since 1970 in UTC, given by the caller: the store has no clock of its own.
// Enumerations are the raw values of Model: outcome 1 pass, 2 fail, 3 unparsed (an error is never a
// verdict); stop_reason 1 stop token, 2 length, 3 choice (a failed request is never a completion);
// place 1 dataset row, 2 worker, 3 plugin, 4 backend. Every table is STRICT; keys are UNIQUE here
// and not in code; a foreign key that breaks refuses the row.
//
// completions and verdicts are WITHOUT ROWID: a task's rows lie in the order of their key, so that
// a range of tries, an export and a resume read one run of pages however the rows arrived.
// user_version is the version below; application_id marks the file as ours.

/// The database's tables.
package enum Schema {
  /// The version this program writes.
  package static let version = 1

  /// `EVHS`, in the file's header.
  package static let applicationID: Int64 = 0x4556_4853

  /// The steps from an empty file to `version`, in order.
  package static let migrations = [
    Migration(version: 1, sql: runTables + resultTables + problemTables)
  ]

  private static let runTables = """
    CREATE TABLE runs (
      run_id TEXT NOT NULL PRIMARY KEY CHECK (run_id <> ''),
      created_at INTEGER NOT NULL,
      config_toml TEXT NOT NULL,
      host_version TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE attempts (
      attempt_id INTEGER PRIMARY KEY,
      run_id TEXT NOT NULL REFERENCES runs,
      number INTEGER NOT NULL CHECK (number >= 1),
      started_at INTEGER NOT NULL,
      ended_at INTEGER,
      outcome TEXT,
      UNIQUE (run_id, number),
      CHECK ((ended_at IS NULL) = (outcome IS NULL))
    ) STRICT;
    CREATE TABLE models (
      model_id INTEGER PRIMARY KEY,
      name TEXT NOT NULL CHECK (name <> ''),
      signature TEXT NOT NULL,
      UNIQUE (name, signature)
    ) STRICT;
    CREATE TABLE benchmarks (
      benchmark_id INTEGER PRIMARY KEY,
      name TEXT NOT NULL CHECK (name <> ''),
      split TEXT NOT NULL,
      UNIQUE (name, split)
    ) STRICT;
    CREATE TABLE manifests (
      manifest_id INTEGER PRIMARY KEY,
      benchmark_id INTEGER NOT NULL REFERENCES benchmarks,
      checksum TEXT NOT NULL,
      row_count INTEGER NOT NULL CHECK (row_count >= 0),
      source_dataset TEXT NOT NULL,
      source_split TEXT NOT NULL,
      revision TEXT NOT NULL,
      UNIQUE (benchmark_id, checksum)
    ) STRICT;
    CREATE TABLE plugins (
      plugin_id INTEGER PRIMARY KEY,
      id TEXT NOT NULL CHECK (id <> ''),
      version TEXT NOT NULL,
      sha256 TEXT NOT NULL,
      UNIQUE (id, version, sha256)
    ) STRICT;
    CREATE TABLE tasks (
      task_id INTEGER PRIMARY KEY,
      run_id TEXT NOT NULL REFERENCES runs,
      position INTEGER NOT NULL CHECK (position >= 0),
      model_id INTEGER NOT NULL REFERENCES models,
      backend_plugin_id INTEGER NOT NULL REFERENCES plugins,
      backend_build TEXT NOT NULL,
      manifest_id INTEGER NOT NULL REFERENCES manifests,
      evaluator_plugin_id INTEGER NOT NULL REFERENCES plugins,
      mode TEXT NOT NULL,
      generation_key BLOB NOT NULL CHECK (length(generation_key) = 32),
      identity_json TEXT NOT NULL CHECK (json_valid(identity_json)), -- [["field", "value"], ...]
      spec_json TEXT NOT NULL CHECK (json_valid(spec_json)),
      sample_count INTEGER NOT NULL CHECK (sample_count >= 0),
      repeats INTEGER NOT NULL CHECK (repeats >= 1),
      current_judging_id INTEGER REFERENCES judgings,
      status TEXT NOT NULL
        CHECK (status IN ('pending', 'running', 'done', 'failed', 'superseded')),
      created_at INTEGER NOT NULL,
      UNIQUE (run_id, model_id, manifest_id, mode, generation_key)
    ) STRICT;

    """

  private static let resultTables = """
    CREATE TABLE stages (
      stage_id INTEGER PRIMARY KEY,
      task_id INTEGER NOT NULL REFERENCES tasks,
      stage INTEGER NOT NULL CHECK (stage BETWEEN 1 AND 255),
      name TEXT NOT NULL,
      UNIQUE (task_id, stage, name)
    ) STRICT;
    CREATE TABLE prompts (
      prompt_id INTEGER PRIMARY KEY,
      hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 16), -- the first bytes of its BLAKE2b-256
      text TEXT NOT NULL
    ) STRICT;
    CREATE TABLE completions (
      task_id INTEGER NOT NULL REFERENCES tasks,
      sample_index INTEGER NOT NULL CHECK (sample_index BETWEEN 0 AND 2147483647),
      repeat_index INTEGER NOT NULL CHECK (repeat_index BETWEEN 0 AND 16777215),
      stage INTEGER NOT NULL CHECK (stage BETWEEN 1 AND 255),
      stage_id INTEGER NOT NULL REFERENCES stages,
      work_key BLOB NOT NULL CHECK (length(work_key) = 16), -- all zero when unknown
      prompt_id INTEGER NOT NULL REFERENCES prompts,
      completion TEXT NOT NULL,
      stop_reason INTEGER NOT NULL CHECK (stop_reason BETWEEN 1 AND 3),
      prompt_tokens INTEGER NOT NULL CHECK (prompt_tokens >= 0),
      completion_tokens INTEGER NOT NULL CHECK (completion_tokens >= 0),
      latency_us INTEGER NOT NULL CHECK (latency_us >= 0),
      choice_scores TEXT, -- [[log-probability, tokens, is greedy], ...]
      attempt_id INTEGER NOT NULL REFERENCES attempts,
      PRIMARY KEY (task_id, sample_index, repeat_index, stage)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE judgings (
      judging_id INTEGER PRIMARY KEY,
      task_id INTEGER NOT NULL REFERENCES tasks,
      evaluator_plugin_id INTEGER NOT NULL REFERENCES plugins,
      decide TEXT NOT NULL,
      metrics_json TEXT NOT NULL CHECK (json_valid(metrics_json)), -- [{id, version, sha256}, ...]
      ordinal INTEGER NOT NULL CHECK (ordinal >= 1), -- counts judgings that are alike
      created_at INTEGER NOT NULL,
      complete INTEGER NOT NULL DEFAULT 0 CHECK (complete IN (0, 1)),
      UNIQUE (task_id, evaluator_plugin_id, decide, metrics_json, ordinal)
    ) STRICT;
    CREATE TABLE groups (
      group_id INTEGER PRIMARY KEY,
      task_id INTEGER NOT NULL REFERENCES tasks,
      name TEXT NOT NULL CHECK (name <> ''),
      UNIQUE (task_id, name)
    ) STRICT;
    CREATE TABLE verdicts (
      judging_id INTEGER NOT NULL REFERENCES judgings,
      sample_index INTEGER NOT NULL CHECK (sample_index BETWEEN 0 AND 2147483647),
      repeat_index INTEGER NOT NULL CHECK (repeat_index BETWEEN 0 AND 16777215),
      outcome INTEGER NOT NULL CHECK (outcome BETWEEN 1 AND 3),
      group_id INTEGER REFERENCES groups,
      attempt_id INTEGER NOT NULL REFERENCES attempts,
      answer TEXT NOT NULL,
      reference TEXT NOT NULL,
      fail_reason TEXT NOT NULL,
      values_json TEXT,
      details TEXT,
      PRIMARY KEY (judging_id, sample_index, repeat_index)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE scores (
      score_id INTEGER PRIMARY KEY,
      judging_id INTEGER NOT NULL UNIQUE REFERENCES judgings,
      score_json TEXT NOT NULL CHECK (json_valid(score_json)),
      created_at INTEGER NOT NULL
    ) STRICT;

    """

  // A data row whose own index is unusable has a line and no sample; NULLs are distinct in a
  // UNIQUE constraint, hence the expressions.
  private static let problemTables = """
    CREATE TABLE errors (
      error_id INTEGER PRIMARY KEY,
      task_id INTEGER NOT NULL REFERENCES tasks,
      place INTEGER NOT NULL CHECK (place BETWEEN 1 AND 4),
      sample_index INTEGER CHECK (sample_index BETWEEN 0 AND 2147483647),
      repeat_index INTEGER CHECK (repeat_index BETWEEN 0 AND 16777215),
      line INTEGER CHECK (line >= 1),
      reason TEXT NOT NULL,
      plugin TEXT,
      attempts INTEGER NOT NULL CHECK (attempts >= 1),
      resolved INTEGER NOT NULL DEFAULT 0 CHECK (resolved IN (0, 1)),
      attempt_id INTEGER NOT NULL REFERENCES attempts,
      CHECK (sample_index IS NOT NULL OR line IS NOT NULL),
      CHECK (repeat_index IS NULL OR sample_index IS NOT NULL)
    ) STRICT;
    CREATE UNIQUE INDEX error_key ON errors (
      task_id, ifnull(sample_index, -1), ifnull(repeat_index, -1), ifnull(line, -1), place);
    CREATE TABLE conflicts (
      conflict_id INTEGER PRIMARY KEY,
      task_id INTEGER NOT NULL REFERENCES tasks,
      judging_id INTEGER REFERENCES judgings,
      sample_index INTEGER NOT NULL,
      repeat_index INTEGER NOT NULL,
      stage INTEGER,
      kind TEXT NOT NULL CHECK (kind IN ('completion', 'verdict')),
      existing_digest INTEGER NOT NULL,
      offered_digest INTEGER NOT NULL,
      offered TEXT NOT NULL,
      attempt_id INTEGER NOT NULL REFERENCES attempts,
      noted_at INTEGER NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX conflict_key ON conflicts (
      task_id, kind, ifnull(judging_id, 0), sample_index, repeat_index, ifnull(stage, 0),
      offered_digest);

    """
}
