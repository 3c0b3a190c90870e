/// The two schemas, as far as accounts and groups can hold them.
extension SCIMSchema {
    static let user = SCIMSchema(
        id: "urn:ietf:params:scim:schemas:core:2.0:User",
        name: "User",
        description: "An account",
        attributes: [
            SCIMAttribute(
                "userName",
                .string,
                "The name by which the client knows the account; often its e-mail address."
            ) {
                $0.isRequired = true
                $0.isUnique = true
            },
            SCIMAttribute("name", .complex, "The parts of the name.") {
                $0.parts = [
                    SCIMAttribute("formatted", .string, "The whole name."),
                    SCIMAttribute("familyName", .string, "The family name."),
                    SCIMAttribute("givenName", .string, "The given name."),
                    SCIMAttribute("middleName", .string, "The middle names."),
                    SCIMAttribute("honorificPrefix", .string, "What stands before the name."),
                    SCIMAttribute("honorificSuffix", .string, "What stands behind the name."),
                ]
            },
            SCIMAttribute("displayName", .string, "The name that others are shown.") { $0.isRequired = true },
            SCIMAttribute(
                "emails",
                .complex,
                "E-mail addresses. The primary one is the account's; no two accounts share it."
            ) {
                $0.isMultiValued = true
                $0.isRequired = true
                $0.parts = values(
                    SCIMAttribute("value", .string, "The address.") { $0.isRequired = true },
                    types: ["work", "home", "other"]
                )
            },
            SCIMAttribute("active", .boolean, "Whether the account may be used. A pending account may not."),
            SCIMAttribute("photos", .complex, "Pictures. The primary one is the account's.") {
                $0.isMultiValued = true
                $0.parts = values(
                    SCIMAttribute("value", .reference, "The picture's address.") {
                        $0.referenceTypes = ["external"]
                        $0.isCaseExact = true
                    },
                    types: ["photo", "thumbnail"]
                )
            },
            SCIMAttribute("groups", .complex, "The groups that the account is in.") {
                $0.isMultiValued = true
                $0.mutability = .readOnly
                $0.parts = [
                    SCIMAttribute("value", .string, "The group's id.") {
                        $0.mutability = .readOnly
                        $0.isCaseExact = true
                    },
                    SCIMAttribute("$ref", .reference, "The group's address.") {
                        $0.mutability = .readOnly
                        $0.referenceTypes = ["Group"]
                        $0.isCaseExact = true
                    },
                    SCIMAttribute("display", .string, "The group's name.") { $0.mutability = .readOnly },
                    SCIMAttribute("type", .string, "How the account belongs to it.") {
                        $0.mutability = .readOnly
                        $0.canonicalValues = ["direct"]
                    },
                ]
            },
        ],
        ignored: [
            "nickname", "profileurl", "title", "usertype", "preferredlanguage", "locale", "timezone", "password",
            "phonenumbers", "ims",
            "addresses", "entitlements", "roles", "x509certificates",
        ]
    )

    static let group = SCIMSchema(
        id: "urn:ietf:params:scim:schemas:core:2.0:Group",
        name: "Group",
        description: "A group of accounts",
        attributes: [
            SCIMAttribute("displayName", .string, "The group's name.") { $0.isRequired = true },
            SCIMAttribute("members", .complex, "The accounts in the group.") {
                $0.isMultiValued = true
                $0.parts = [
                    SCIMAttribute("value", .string, "The account's id.") {
                        $0.mutability = .immutable
                        $0.isCaseExact = true
                    },
                    SCIMAttribute("$ref", .reference, "The account's address.") {
                        $0.mutability = .immutable
                        $0.referenceTypes = ["User"]
                        $0.isCaseExact = true
                    },
                    SCIMAttribute("type", .string, "What the member is.") {
                        $0.mutability = .immutable
                        $0.canonicalValues = ["User"]
                    },
                    SCIMAttribute("display", .string, "The member's name."),
                ]
            },
        ],
        ignored: []
    )

    private static func values(_ value: SCIMAttribute, types: [String]) -> [SCIMAttribute] {
        [
            value,
            SCIMAttribute("display", .string, "A name for it."),
            SCIMAttribute("type", .string, "What it is for.") { $0.canonicalValues = types },
            SCIMAttribute("primary", .boolean, "Whether it is the one that counts."),
        ]
    }
}
