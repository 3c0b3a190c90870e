import Core
import Crypto

/// Bytes in a client's event: a list of numbers, or an attachment. They are passed on in the form they came in.
struct SocketBytes {
    enum Form {
        case numbers
        case attachment
    }

    /// Where the first attachment goes in an event that is sent.
    static let placeholder: JSONValue = ["_placeholder": true, "num": 0]

    let bytes: [UInt8]
    let form: Form

    init(_ bytes: [UInt8], as form: Form) {
        (self.bytes, self.form) = (bytes, form)
    }

    /// Nil for what is neither.
    init?(_ value: JSONValue?) {
        switch value {
        case .array(let numbers):
            var bytes: [UInt8] = []
            bytes.reserveCapacity(numbers.count)
            for number in numbers {
                guard let byte = number.int.flatMap(UInt8.init(exactly:)) else { return nil }
                bytes.append(byte)
            }
            self.init(bytes, as: .numbers)
        case .object(let members) where members["_placeholder"] == true:
            guard let bytes = members["base64"]?.string.flatMap({ Base64.decode($0) }) else { return nil }
            self.init(bytes, as: .attachment)
        default: return nil
        }
    }

    var attachments: [[UInt8]] {
        form == .attachment ? [bytes] : []
    }

    /// Writes the numbers, or the place of the attachment.
    func write(to json: inout JSONWriter) {
        switch form {
        case .attachment: json.value(Self.placeholder)
        case .numbers: json.array { for byte in bytes { $0.int(Int(byte)) } }
        }
    }
}
