import Glibc
import Testing

@testable import Core

@Suite struct ClockTests {
    @Test func unitsAgree() {
        let before = time(nil)
        let (seconds, milliseconds, nanoseconds) = (Clock.nowSeconds, Clock.nowMilliseconds, Clock.nowNanoseconds)
        #expect(seconds >= before - 1)
        #expect(milliseconds / 1000 >= seconds)
        #expect(nanoseconds / 1_000_000 >= milliseconds)
    }

    @Test func monotonicTimePasses() {
        let start = Clock.monotonicNanoseconds
        Clock.sleep(milliseconds: 3)
        #expect(Clock.monotonicNanoseconds - start >= 3_000_000)
        #expect(Clock.monotonicSeconds > 0)
    }

    @Test func aClockCanBeMade() {
        let clock = Clock(wall: { 5 }, monotonic: { 7 })
        #expect(clock.wall() == 5)
        #expect(clock.monotonic() == 7)
        #expect(Clock.system.wall() > 0)
    }

    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (1_445_412_480, "Wed, 21 Oct 2015 07:28:00 GMT"),
        (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
    ])
    func httpDates(seconds: Int, expected: String) {
        #expect(CalendarText.http(seconds: seconds) == expected)
    }

    @Test func isoDates() {
        #expect(CalendarText.iso(milliseconds: 1_445_412_480_007) == "2015-10-21T07:28:00.007Z")
        #expect(CalendarText.iso(milliseconds: -1) == "1969-12-31T23:59:59.999Z")
    }

    @Test func localTimeIsWhatTheSystemSays() {
        let seconds = 1_700_000_000
        for hours in 0..<24 {
            var moment = time_t(seconds + hours * 3600)
            var parts = tm()
            localtime_r(&moment, &parts)
            func format(_ pattern: String) -> String {
                var buffer = [CChar](repeating: 0, count: 64)
                let length = strftime(&buffer, buffer.count, pattern, &parts)
                return String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
            }
            let local = LocalTime(seconds: seconds + hours * 3600)
            #expect(local == LocalTime(date: format("%Y-%m-%d"), time: format("%I:%M:%S %p"), weekday: format("%A")))
        }
    }
}
