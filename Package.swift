// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// A module of the product. Its dependencies point down only: executables, API, features, platform, C.
func module(
    _ name: String,
    _ dependencies: [Target.Dependency] = [],
    documents: [String] = [],
    resources: [Resource] = []
) -> Target {
    .target(
        name: name,
        dependencies: dependencies,
        exclude: documents,
        resources: resources,
        swiftSettings: strict
    )
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let collections: Target.Dependency = .product(name: "OrderedCollections", package: "swift-collections")
let deque: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let nio: [Target.Dependency] = ["NIOCore", "NIOPosix", "NIOHTTP1", "NIOWebSocket"].map {
    .product(name: $0, package: "swift-nio")
}

/// What the tests of every feature stand on.
let platform: [Target.Dependency] = [
    "Core", "HTTP", "Metrics", "Wire", "Crypto", "Postgres", "Outbound", "Events", "Jobs", log,
]

let package = Package(
    name: "swiftlet",
    dependencies: [
        // The logging API every Swift server library shares; the JSON handler is ours.
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        // Ordered dictionaries: JSON that passes through keeps the order of its keys. Deques: bounded queues of the daemon.
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        // HTTP/1.1 and WebSocket for the one process that holds many connections.
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        // The command line of the three programs.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        // C libraries of Debian, each with the shims its macros and variadic calls need.
        .systemLibrary(name: "CFastCGI", pkgConfig: "fcgi", providers: [.apt(["libfcgi-dev"])]),
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CCrypt", pkgConfig: "libcrypt", providers: [.apt(["libcrypt-dev"])]),
        .systemLibrary(name: "CArgon2", pkgConfig: "libargon2", providers: [.apt(["libargon2-dev"])]),
        .systemLibrary(name: "CLDAP", pkgConfig: "ldap", providers: [.apt(["libldap-dev"])]),
        .systemLibrary(name: "CLinux", path: "Sources/CSystem"),

        // Platform.
        module("Core", [log, collections]),
        module("HTTP", ["Core"]),
        module("Wire", ["Core"]),
        module("Metrics", ["Core", "CLinux"]),
        module("Crypto", ["COpenSSL", "CCrypt", "CArgon2"]),
        module("Postgres", ["Core", "Metrics", "CPostgres", log], documents: ["README.md"]),
        module("Outbound", ["Core", "CCurl"]),
        module("Events", ["Core", "Metrics", "Wire", "CLinux", log], documents: ["README.md"]),
        module("Hosts", ["Core", "Wire", "Events", "Postgres", log], documents: ["README.md"]),
        module("Jobs", ["Core", "Metrics", "Postgres", "Outbound", log]),
        module(
            "FastCGIServer",
            ["Core", "HTTP", "Metrics", "CFastCGI", "CLinux", log],
            documents: ["README.md"]
        ),
        module("Streaming", nio + ["Core", "Metrics", "Wire", log, deque], documents: ["README.md"]),

        // Features.
        module(
            "Accounts",
            ["Core", "HTTP", "Crypto", "Postgres", "Outbound", "Events", "CLDAP", "COpenSSL", log],
            documents: ["README.md", "OAuth/README.md", "SCIM/README.md", "LDAP/README.md"]
        ),
        module("Workspace", ["Accounts", "Core", "HTTP", "Crypto", "Postgres"], documents: ["README.md"]),
        module(
            "Conversations",
            ["Accounts", "Core", "HTTP", "Wire", "Crypto", "Postgres", "Outbound", "Events", "Jobs", log],
            documents: ["README.md"]
        ),
        module(
            "Inference",
            [
                "Accounts", "Workspace", "Conversations", "Core", "HTTP", "Metrics", "Wire", "Crypto", "Postgres",
                "Outbound", "Events", "Jobs", log,
            ],
            documents: ["README.md"]
        ),
        module(
            "Administration",
            [
                "Accounts", "Workspace", "Conversations", "Inference", "Core", "HTTP", "Metrics", "Crypto", "Postgres",
                "Outbound", "Events", log,
            ],
            documents: ["README.md", "Status/README.md"],
            resources: [.embedInCode("Status/status.html")]
        ),
        module(
            "API",
            [
                "Accounts", "Workspace", "Conversations", "Inference", "Administration", "Core", "HTTP", "Metrics",
                "Postgres", "Outbound", "Events", "Jobs", log,
            ]
        ),

        // Programs.
        program(
            "swiftlet-worker",
            [
                "API", "Accounts", "Conversations", "Inference", "Administration", "Hosts", "Jobs", "Outbound",
                "FastCGIServer", "Core", "HTTP", "Metrics", "Postgres", "Events", "CLinux", log, arguments,
            ]
        ),
        program("swiftlet-streamd", ["Streaming", "Core", "Metrics", log, arguments]),
        program(
            "swiftlet",
            [
                "API", "Administration", "Accounts", "Inference", "Core", "HTTP", "Metrics", "Events", "Outbound",
                "Postgres", log, arguments,
            ]
        ),

        // Tests.
        tests("CoreTests", ["Core", log]),
        tests("HTTPTests", ["HTTP", "Core"]),
        tests("WireTests", ["Wire", "Core"]),
        tests("CryptoTests", ["Crypto"]),
        tests("PostgresTests", ["Postgres", "Core"]),
        tests("OutboundTests", ["Outbound", "Core"]),
        tests("HostsTests", nio + ["Hosts", "Streaming", "Events", "Wire", "Core", "Postgres", log]),
        tests("JobsTests", ["Jobs", "Core", "Postgres", "Outbound", log]),
        tests("MetricsTests", ["Metrics", "Core"]),
        tests("FastCGIServerTests", ["FastCGIServer", "Metrics", "HTTP", "Core", "CLinux", log]),
        tests(
            "StreamingTests",
            nio + ["Streaming", "Events", "Wire", "Core", .product(name: "NIOEmbedded", package: "swift-nio")]
        ),
        tests("AccountsTests", platform + ["Accounts"]),
        tests("ConversationsTests", platform + ["Conversations", "Accounts"]),
        tests("InferenceTests", platform + ["Inference", "Conversations", "Workspace", "Accounts"]),
        tests(
            "APITests",
            platform + ["API", "Administration", "Workspace", "Inference", "Conversations", "Accounts"]
        ),
    ],
    swiftLanguageModes: [.v6]
)
