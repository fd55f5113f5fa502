// A disk that has no room, and one that cannot be written: a clear end, and all that was acknowledged is kept.

internal import Foundation
internal import TestSupport
internal import Testing

extension FaultTests {
  /// Skipped where file systems cannot be mounted for a test.
  @Suite(.enabled(if: Mounts.arePermitted))
  struct DiskTests {
    /// Sizes with room for a part of the store, and with none for the database itself.
    @Test(arguments: [("1200k", true), ("60k", false)])
    func `a run on a full disk ends with its reason and resumes once there is room`(
      size: String, hasRoomForSome: Bool
    ) throws {
      let space = try LongRun.make("full")
      let undisturbed = try FaultTests.undisturbedRun(space)
      space.config.artifactRoot = space.folder.file("small").path
      let kept = space.folder.file("kept").path
      let result = try Mounts.run(
        """
        mount -t tmpfs -o size=$1 none "$artifacts" || exit 99
        run
        ask "PRAGMA integrity_check"
        echo "rows $(ask "SELECT count(*) FROM verdicts" 2> /dev/null)"
        mount -o remount,size=64m "$artifacts" || exit 98
        run
        cp -a "$artifacts" "$2"
        """, space, [size, kept])
      let lines = result.stdout.split(separator: "\n").map(String.init)
      try #require(lines.count >= 3, "\(result)")
      #expect(lines.first == "exit 5", "\(result)")
      #expect(lines.last == "exit 0", "\(result)")
      if hasRoomForSome {
        #expect(lines.contains("ok"), "\(result)")
        let says = "evalhost.db: the disk is full ("
        #expect(result.stderr.contains(says), "\(result)")
        #expect(
          result.stderr.contains("; free some space and run the same command again"), "\(result)")
      }
      let rows = lines.first { $0.hasPrefix("rows ") }.flatMap { Int($0.dropFirst(5)) } ?? 0
      #expect((rows > 0) == hasRoomForSome, "\(result)")
      space.config.artifactRoot = kept
      if hasRoomForSome {
        // What was stored before is the first attempt's: nothing of it was made again.
        #expect(try space.count("SELECT count(*) FROM verdicts WHERE attempt_id = 1") == rows)
      }
      #expect(try Exports(space).differences(from: undisturbed) == [])
      #expect(space.temporaryFiles() == [])
    }

    @Test(arguments: [false, true])
    func `an artifact folder that cannot be written is left as it is`(hasStore: Bool) throws {
      let space = try LongRun.make("read-only", samples: 40, latency: 0)
      var expected: Exports?
      if hasStore { expected = try FaultTests.undisturbedRun(space) }
      let export = space.folder.file("export").path
      let before = try files(space)
      let result = try Mounts.run(
        """
        mount --bind "$artifacts" "$artifacts" || exit 99
        mount -o remount,bind,ro "$artifacts" || exit 98
        run
        "$evalhost" export --artifacts "$artifacts" --run test-run --what eval --format jsonl > "$1"
        """, space, [export])
      #expect(result.stdout == "exit 5\n", "\(result)")
      #expect(result.stderr.contains("Read-only file system"), "\(result)")
      #expect(result.stderr.contains(space.artifacts), "\(result)")
      #expect(try files(space) == before)
      guard let expected else { return }
      // What is there can still be read.
      let lines = try Data(contentsOf: URL(fileURLWithPath: export)).split(separator: 10)
      #expect(lines == expected.lines("eval"))
      #expect(try space.run().exitCode == 0)
      #expect(try Exports(space).differences(from: expected) == [])
    }

    private func files(_ space: Workspace) throws -> [String: Data] {
      let folder = URL(fileURLWithPath: space.artifacts)
      let names = FileManager.default.enumerator(atPath: space.artifacts)
      var contents: [String: Data] = [:]
      for name in names?.compactMap({ $0 as? String }) ?? [] {
        // SQLite's readers write into the index of its log, which says nothing of the data.
        guard !name.hasSuffix("-shm") else { continue }
        contents[name] = (try? Data(contentsOf: folder.appendingPathComponent(name))) ?? Data()
      }
      return contents
    }
  }
}
