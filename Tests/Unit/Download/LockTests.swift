// Many who want the same file: one works, the others wait, and nobody waits for the dead.

import Download
import Glibc
import Posix
import Synchronization
import TestHTTPServer
import TestSupport
import Testing

@Suite struct LockTests {
  @Test(arguments: [2, 8])
  func `of many who ask at once one fetches and all have the file`(count: Int) throws {
    let text = String(repeating: "row\n", count: 5000)
    let server = try TestHTTPServer { request in
      // The first bytes come, and the rest when all others had the time to ask.
      Served(text).reply(to: request).slowly(pauseMilliseconds: 20, piece: 8000)
    }
    let cache = try Cache()
    let root = cache.folder.path
    let file = remote("\(server.url)/f", sha256: sha256(text))
    let ended = Mutex<[DownloadedFile]>([])
    let waited = Mutex(0)
    onThreads(count) { _ in
      let downloader = Downloader(cacheRoot: root, policy: quickPolicy()) { event in
        if event == .waiting(for: "\(root)/set@1/file.txt") { waited.withLock { $0 += 1 } }
      }
      if let file = try? downloader.fetch(file) { ended.withLock { $0.append(file) } }
    }
    let files = ended.withLock { $0 }
    #expect(files.count == count && files.filter(\.wasCached).count == count - 1)
    #expect(server.requests.count == 1)
    #expect(waited.withLock { $0 } <= count - 1)
    #expect(try cache.text("file.txt") == text)
    #expect(
      try folderNames("\(root)/set@1") == [".file.txt.lock", "file.txt", "file.txt.json"])
  }

  @Test func `a lock excludes another descriptor of the same process`() throws {
    let folder = try TemporaryFolder("lock")
    let path = "\(folder.path)/lock"
    let lock = try FileLock.take(path) { Issue.record("nobody holds it") }
    var wasBusy = 0
    let next = try FileLock.take(path) {
      wasBusy += 1
      lock.release()
    }
    #expect(wasBusy == 1)
    next.release()
    // Freed by going as well.
    for _ in 0..<2 { _ = try FileLock.take(path) { Issue.record("nobody holds it") } }
  }

  @Test func `who waits for a lock file that is taken away locks the new one`() throws {
    let folder = try TemporaryFolder("lock")
    let path = "\(folder.path)/lock"
    let old = try FileLock.take(path)
    let new = try FileLock.take(path) {
      unlink(path)
      old.release()
    }
    var wasBusy = false
    _ = try FileLock.take(path) {
      wasBusy = true
      new.release()
    }
    #expect(wasBusy)
  }

  @Test(.enabled(if: python != nil, "needs python3"))
  func `a holder that is killed frees the lock at once`() throws {
    let server = try TestHTTPServer { Served("text").reply(to: $0) }
    let cache = try Cache()
    try Files.makeFolder("\(cache.folder.path)/set@1")
    let holder = try LockHolder("\(cache.folder.path)/set@1/.file.txt.lock")
    var policy = quickPolicy()
    policy.attempts = 1
    var waited = 0
    let downloader = Downloader(cacheRoot: cache.folder.path, policy: policy) { event in
      guard case .waiting = event else { return }
      waited += 1
      #expect(server.requests.isEmpty)
      holder.kill()
    }
    #expect(try !downloader.fetch(remote("\(server.url)/f")).wasCached && waited == 1)
  }

  @Test func `a lock that cannot be made is a failure of the disk`() throws {
    let folder = try TemporaryFolder("lock")
    let missing = failure { () throws(DownloadError) in
      try FileLock.take("\(folder.path)/none/lock")
    }
    #expect(missing.kind == .disk && missing.description.contains("No such file"))
    let device = failure { () throws(DownloadError) in try FileLock.take("/dev") }
    #expect(device.kind == .disk)
  }
}

/// Hands a lock to a thread while no other one uses it.
