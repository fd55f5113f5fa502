// A joinable thread around a closure.
internal import Glibc

/// A running thread.
struct ServerThread: Sendable {
  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  private let thread: pthread_t

  /// Starts it; signals, SIGPIPE among them, do not reach it.
  init(_ body: @escaping @Sendable () -> Void) throws(TestServerError) {
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    // The reference goes to the thread, which gives it back.
    let handed = Unmanaged.passRetained(Work(body))
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
        return nil
      }, handed.toOpaque())
    guard code == 0 else {
      handed.release()
      throw TestServerError(description: "pthread_create: error \(code)")
    }
    self.thread = thread
  }

  /// Waits for its end; once only.
  func join() { pthread_join(thread, nil) }
}
