// What can go wrong with the database, as one typed error: what happened, in which file, what to do.
// Texts of prompts and completions never enter an error.

import CSQLite

/// A failure of the store: what happened, where, and what to do about it.
package struct StoreError: Error, Equatable, Sendable {
  /// The kinds a caller may want to tell apart.
  package enum Kind: String, Sendable, CaseIterable {
    /// No database at the path.
    case missing
    /// The path cannot be opened or created.
    case cannotOpen
    /// The disk, the quota or the database's own page limit is full.
    case diskFull
    /// Another connection holds the lock for longer than the busy timeout.
    case locked
    /// The file is damaged.
    case corrupt
    /// The file is no SQLite database, or one that another program made.
    case notAStore
    /// The file or its folder cannot be written.
    case readOnly
    /// Reading or writing failed below SQLite.
    case inputOutput
    /// A newer evalhost wrote the file.
    case newerVersion
    /// The file system cannot hold a write-ahead log.
    case noWriteAheadLog
    /// A row breaks one of the schema's rules.
    case constraint
    /// A text or a row is larger than SQLite can hold (1,000,000,000 bytes).
    case tooLarge
    /// A record that the caller names does not exist.
    case notFound
    /// A request that the caller may not make, or an SQLite code with no case of its own.
    case misuse
  }

  /// What happened.
  package var kind: Kind
  /// The database file.
  package var path: String
  /// What was being done, and SQLite's own words for it.
  package var detail: String
  /// SQLite's extended result code; 0 when SQLite was not involved.
  package var code: Int32

  /// Names one failure.
  package init(_ kind: Kind, path: String, detail: String, code: Int32 = 0) {
    self.kind = kind
    self.path = path
    self.detail = detail
    self.code = code
  }
}

extension StoreError {
  /// Numbers of ENOSPC, EDQUOT and EFBIG: no room left, on the disk or by a limit.
  private static let noRoom: Set<Int32> = [28, 122, 27]

  /// The kind that an SQLite result code stands for; `system` is the errno behind it, 0 without one.
  static func kind(of code: Int32, system: Int32 = 0) -> Kind {
    switch code & 0xff {
    case SQLITE_IOERR where noRoom.contains(system): .diskFull
    case SQLITE_FULL: .diskFull
    case SQLITE_BUSY, SQLITE_LOCKED: .locked
    case SQLITE_CORRUPT: .corrupt
    case SQLITE_NOTADB: .notAStore
    case SQLITE_READONLY, SQLITE_PERM: .readOnly
    case SQLITE_CANTOPEN: .cannotOpen
    case SQLITE_IOERR: .inputOutput
    case SQLITE_CONSTRAINT, SQLITE_MISMATCH: .constraint
    case SQLITE_TOOBIG: .tooLarge
    default: .misuse
    }
  }

  /// What to do about a failure of this kind, as the end of a sentence.
  private var remedy: String {
    switch kind {
    case .missing:
      "check --artifacts and [paths] artifact_root, or start a run to create it"
    case .cannotOpen:
      "check that the folder exists and that this user may write to it"
    case .diskFull:
      "free some space and run the same command again; nothing acknowledged was lost"
    case .locked:
      "another program holds the database; end it (`fuser` names it) and run the same command again"
    case .corrupt:
      "keep a copy of the file, then recover what can be read with `sqlite3 FILE .recover`"
    case .notAStore:
      "point artifact_root at another folder, or move this file away"
    case .readOnly:
      "make the file and its folder writable, or copy both to a writable place"
    case .inputOutput:
      "check the disk and the system log, then run the same command again"
    case .newerVersion:
      "use the evalhost that wrote it, or a newer one"
    case .noWriteAheadLog:
      "put artifact_root on a local disk; network file systems cannot share its memory"
    case .constraint:
      "this is a fault of evalhost or of a plugin: please report it with this line"
    case .tooLarge:
      "limit the length of completions (max_generate_tokens)"
    case .notFound:
      "`evalhost status` lists what the store holds"
    case .misuse:
      "this is a fault of evalhost: please report it with this line"
    }
  }

  /// What happened, as the middle of a sentence.
  private var happened: String {
    switch kind {
    case .missing: "there is no database here"
    case .cannotOpen: "the database cannot be opened"
    case .diskFull: "the disk is full"
    case .locked: "the database is locked"
    case .corrupt: "the database is damaged"
    case .notAStore: "this is not a database of evalhost"
    case .readOnly: "the database cannot be written"
    case .inputOutput: "reading or writing failed"
    case .newerVersion: "the database is of a newer version"
    case .noWriteAheadLog: "the file system cannot hold a write-ahead log"
    case .constraint: "a row was refused"
    case .tooLarge: "a row is too large"
    case .notFound: "not found"
    case .misuse: "the database refused a request"
    }
  }
}

extension StoreError: CustomStringConvertible {
  /// One line: where, what, how it showed itself, what to do.
  package var description: String {
    detail.isEmpty
      ? "\(path): \(happened); \(remedy)" : "\(path): \(happened) (\(detail)); \(remedy)"
  }
}
