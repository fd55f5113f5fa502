// How much an archive may become: an archive of a few kilobytes can say it is terabytes.

/// Bounds on what decompression may yield.
package struct InflateLimits: Equatable, Sendable {
  /// Bytes of output, all members together.
  package var outputBytes: Int
  /// Output bytes per input byte, looked at once the output is past `freeBytes`.
  ///
  /// DEFLATE cannot do better than 1032:1, and its fastest coders make 230:1 of zeros; text, tables and logs
  /// stay below 100:1.
  package var ratio: Int
  /// Output bytes that may come at any ratio: small files of one repeated line are common and harmless.
  package var freeBytes: Int

  /// 64 GiB, and at most 200:1 beyond 100 MB.
  package init(
    outputBytes: Int = 64 << 30, ratio: Int = 200, freeBytes: Int = 100_000_000
  ) {
    self.outputBytes = outputBytes
    self.ratio = ratio
    self.freeBytes = freeBytes
  }

  /// Refuses an amount of output that came out of an amount of input.
  func check(output: Int, input: Int) throws(UnpackError) {
    if output > outputBytes {
      throw UnpackError(.tooLarge, "grows past the limit of \(outputBytes) bytes")
    }
    // By division: a product of limits near Int.max would overflow.
    if output > freeBytes, output / max(1, ratio) > input {
      throw UnpackError(
        .tooLarge, "grows more than \(ratio) times after \(freeBytes) bytes, as a bomb does")
    }
  }
}

/// Bounds on what an archive may become on the disk.
package struct UnpackLimits: Equatable, Sendable {
  /// Bytes of all files together.
  package var totalBytes: Int
  /// Bytes of one file.
  package var fileBytes: Int
  /// Entries, records about entries, and folders that had to be made for them.
  package var entries: Int
  /// Bytes of one path inside the archive; no more than 4095 whatever is asked for.
  package var pathBytes: Int
  /// Components of one path; no more than 64 whatever is asked for.
  package var depth: Int
  /// Bounds on the decompression.
  package var inflate: InflateLimits

  /// 64 GiB in files of up to 64 GiB, 100,000 entries, paths of 1024 bytes and 32 components.
  package init(
    totalBytes: Int = 64 << 30, fileBytes: Int = 64 << 30, entries: Int = 100_000,
    pathBytes: Int = 1024, depth: Int = 32, inflate: InflateLimits = InflateLimits()
  ) {
    self.totalBytes = totalBytes
    self.fileBytes = fileBytes
    self.entries = entries
    self.pathBytes = min(pathBytes, 4095)
    // Removing a tree holds one descriptor per level.
    self.depth = min(depth, 64)
    self.inflate = inflate
  }
}
