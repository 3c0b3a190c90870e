package import Core

/// Fills in what a system prompt may name: the request's own variables, then date, time and account.
package struct SystemPrompt: Sendable {
    /// What the placeholders of the account stand for.
    package struct Person: Sendable {
        package var name: String
        package var bio: String?
        package var gender: String?
        /// `YYYY-MM-DD`.
        package var dateOfBirth: String?

        package init(name: String, bio: String? = nil, gender: String? = nil, dateOfBirth: String? = nil) {
            self.name = name
            self.bio = bio
            self.gender = gender
            self.dateOfBirth = dateOfBirth
        }
    }

    package let variables: JSONObject
    package let person: Person
    package let now: LocalTime

    private static let longestName = 128

    package init(variables: JSONObject, person: Person, now: LocalTime) {
        self.variables = variables
        self.person = person
        self.now = now
    }

    /// What a value says is not looked at again, so that nobody's name can bring in another placeholder.
    package func expand(_ text: String) -> String {
        guard text.contains("{{") else { return text }
        var out = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "{{") {
            out += rest[..<start.lowerBound]
            // Names are short; looking no further keeps the cost linear, however many braces there are.
            if let end = rest[start.upperBound...].prefix(Self.longestName).firstRange(of: "}}"),
                let value = value(of: String(rest[start.lowerBound..<end.upperBound]))
            {
                out += value
                rest = rest[end.upperBound...]
            } else {
                out += "{{"
                rest = rest[start.upperBound...]
            }
        }
        return out + rest
    }

    private func value(of placeholder: String) -> String? {
        if let given = variables[placeholder] { return given.string ?? given.text }
        return switch placeholder {
        case "{{CURRENT_DATE}}": now.date
        case "{{CURRENT_TIME}}": now.time
        case "{{CURRENT_DATETIME}}": "\(now.date) \(now.time)"
        case "{{CURRENT_WEEKDAY}}": now.weekday
        case "{{USER_NAME}}": person.name
        case "{{USER_BIO}}": person.bio ?? "None"
        case "{{USER_GENDER}}": person.gender ?? "None"
        case "{{USER_BIRTH_DATE}}": person.dateOfBirth ?? "None"
        case "{{USER_AGE}}": person.dateOfBirth.flatMap(age).map(String.init) ?? "None"
        case "{{USER_LOCATION}}": "Unknown"
        default: nil
        }
    }

    private func age(_ birth: String) -> Int? {
        let born = birth.split(separator: "-").compactMap { Int($0) }
        let today = now.date.split(separator: "-").compactMap { Int($0) }
        guard born.count == 3, today.count == 3 else { return nil }
        let hadBirthday = (today[1], today[2]) >= (born[1], born[2])
        return today[0] - born[0] - (hadBirthday ? 0 : 1)
    }
}
