import Core
import Crypto

/// A resource as it is sent, with what the server says about it.
struct SCIMResource {
    let id: String
    let location: String
    /// For comparing by clients; nil where the resource was not read as a whole.
    let version: String?
    let document: JSONObject

    init(_ user: SCIMUser, _ base: String, isComplete: Bool = true) {
        self.init(
            "User",
            user.id,
            "\(base)/Users/\(user.id)",
            user.createdAt,
            user.updatedAt,
            user.document(base),
            isComplete
        )
    }

    init(_ group: SCIMGroup, _ base: String, isComplete: Bool = true) {
        self.init(
            "Group",
            group.id,
            "\(base)/Groups/\(group.id)",
            group.createdAt,
            group.updatedAt,
            group.document(base),
            isComplete
        )
    }

    private init(
        _ type: String,
        _ id: String,
        _ location: String,
        _ createdAt: Int,
        _ updatedAt: Int,
        _ attributes: JSONObject,
        _ isComplete: Bool
    ) {
        self.id = id
        self.location = location
        version = isComplete ? Self.version(attributes) : nil
        var document = attributes
        var meta: JSONObject = [
            "resourceType": .string(type), "created": .string(SCIMTime.text(createdAt)),
            "lastModified": .string(SCIMTime.text(updatedAt)), "location": .string(location),
        ]
        if let version { meta["version"] = .string(version) }
        document["meta"] = .object(meta)
        self.document = document
    }

    /// Made of the content: times in seconds would not tell two changes of one second apart, and some changes of an account are none here.
    private static func version(_ attributes: JSONObject) -> String {
        "W/\"" + Digest.sha256Hex(ordered(.object(attributes)).text).prefix(24) + "\""
    }

    /// The order of names means nothing, and the database changes it.
    private static func ordered(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let values): .array(values.map(ordered))
        case .object(let members):
            .object(
                JSONObject(uniqueKeysWithValues: members.sorted { $0.key < $1.key }.map { ($0.key, ordered($0.value)) })
            )
        default: value
        }
    }
}
