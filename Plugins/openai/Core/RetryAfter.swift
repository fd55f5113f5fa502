// The header `Retry-After`: seconds, or a date of RFC 9110 (IMF-fixdate; the two obsolete forms are
// not sent by anything alive and are ignored).

/// Reads what a server says of when to come again.
package enum RetryAfter {
  /// Nanoseconds to wait, or nil when the value cannot be read; `clock` is the moment of the answer in
  /// seconds since 1970, by the server's own clock if it said it.
  package static func parse(_ value: String, clock: Int) -> UInt64? {
    let text = value.trimmed
    if let seconds = Double(text), seconds.isFinite, seconds >= 0 { return nanoseconds(seconds) }
    guard let date = date(text) else { return nil }
    return nanoseconds(Double(max(0, date - clock)))
  }

  /// Seconds since 1970 of a date such as `Sun, 06 Nov 1994 08:49:37 GMT`; nil for anything else.
  package static func date(_ text: String) -> Int? {
    let parts = text.split(separator: " ")
    guard parts.count == 6, parts[0].utf8.count == 4, parts[0].hasSuffix(","), parts[5] == "GMT",
      let day = number(parts[1], digits: 2, in: 1...31),
      let month = months.firstIndex(where: { $0 == parts[2] }),
      let year = number(parts[3], digits: 4, in: 1970...9999)
    else { return nil }
    let time = parts[4].split(separator: ":", omittingEmptySubsequences: false)
    guard time.count == 3, let hour = number(time[0], digits: 2, in: 0...23),
      let minute = number(time[1], digits: 2, in: 0...59),
      // 60 is a leap second.
      let second = number(time[2], digits: 2, in: 0...60)
    else { return nil }
    let days = daysSince1970(year: year, month: month + 1, day: day)
    return ((days * 24 + hour) * 60 + minute) * 60 + second
  }

  private static let months: [Substring] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  private static func number(
    _ text: Substring, digits: Int, in range: ClosedRange<Int>
  ) -> Int? {
    let bytes = text.utf8
    guard bytes.count == digits, bytes.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
      let number = Int(text), range.contains(number)
    else { return nil }
    return number
  }

  /// Days from 1970-01-01 to a date of the Gregorian calendar, with years that begin in March so that
  /// a leap day is the last of its year.
  private static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let era = year / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}
