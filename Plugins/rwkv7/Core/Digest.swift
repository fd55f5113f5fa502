// Digests and the clock, by way of the C library of the host.
internal import CPosix
internal import Glibc

/// Nanoseconds of CLOCK_MONOTONIC.
func now() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// The SHA-256 of some bytes as lower-case hex.
func sha256(_ bytes: UnsafeRawBufferPointer) -> String {
  var digest = [UInt8](repeating: 0, count: 32)
  evh_sha256(bytes.baseAddress, bytes.count, &digest)
  let digits = Array("0123456789abcdef".utf8)
  let hex = digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
  return String(decoding: hex, as: UTF8.self)
}

/// The SHA-256 of some bytes as lower-case hex.
func sha256(_ bytes: [UInt8]) -> String { bytes.withUnsafeBytes { sha256($0) } }
