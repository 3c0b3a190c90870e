import Core
package import HTTP

package enum PermissionRoutes {
    package static let all: [Route<Context>] = [
        Route(.get, "/api/v1/users/permissions", .verified, own),
        Route(.get, "/api/v1/users/default/permissions", .admin, everybodys),
        Route(.post, "/api/v1/users/default/permissions", .admin, setEverybodys),
    ]

    static func own(_ context: Context) throws -> Response {
        .json(try context.permissions.tree)
    }

    static func everybodys(_ context: Context) throws -> Response {
        let tree = try context.settings[Setting.userPermissions]
        return .json(PermissionForm.complete { section in tree[section]?.object ?? [:] })
    }

    static func setEverybodys(_ context: Context) throws -> Response {
        let form = try Form(context.request)
        let tree = try PermissionForm.read(form)
        try context.save([(Setting.userPermissions, tree)])
        return .json(tree)
    }
}

/// The admin's form of everybody's permissions. Its leaves have defaults of their own, which differ from those of a new installation.
enum PermissionForm {
    private static let sections: [(name: String, leaves: [(name: String, standard: Bool)])] = [
        ("workspace", ["models", "knowledge", "prompts", "tools"].map { ($0, false) }),
        (
            "sharing",
            ["public_models", "public_knowledge", "public_prompts", "public_tools", "public_notes"].map { ($0, true) }
        ),
        (
            "chat",
            [
                "controls", "valves", "system_prompt", "params", "file_upload", "delete", "delete_message",
                "continue_response", "regenerate_response", "rate_response", "edit", "share", "export", "stt", "tts",
                "call", "multiple_models", "temporary",
            ].map { ($0, true) } + [("temporary_enforced", false)]
        ),
        (
            "features",
            [
                ("direct_tool_servers", false), ("web_search", true), ("image_generation", true),
                ("code_interpreter", true), ("notes", true),
            ]
        ),
    ]

    /// - Throws: 422 for a section that is missing or a leaf that is no Boolean.
    static func read(_ form: Form) throws -> JSONValue {
        var tree = JSONObject()
        for section in sections {
            let part = try form.form(section.name)
            var leaves = JSONObject()
            for leaf in section.leaves {
                leaves[leaf.name] = .bool(part[leaf.name] == nil ? leaf.standard : try part.bool(leaf.name))
            }
            tree[section.name] = .object(leaves)
        }
        return .object(tree)
    }

    /// The whole tree from one that may have gaps.
    static func complete(_ stored: (String) -> JSONObject) -> JSONValue {
        var tree = JSONObject()
        for section in sections {
            let part = stored(section.name)
            var leaves = JSONObject()
            for leaf in section.leaves { leaves[leaf.name] = .bool(part[leaf.name]?.isTruthy ?? leaf.standard) }
            tree[section.name] = .object(leaves)
        }
        return .object(tree)
    }
}
