/// How the server shows what it is doing to those who look after it.
extension Setting {
    package static let countersDirectory = SettingKey<String>(
        "SWIFTLET_COUNTERS_DIR",
        default: "/run/swiftlet/counters",
        "Directory in which the processes of this host show each other their counters; in memory, and for the service alone."
    )
    package static let hostName = SettingKey<String>(
        "SWIFTLET_HOST",
        default: "",
        "Name of this host, another one for each; empty for the system's own."
    )
    package static let metricsToken = SettingKey<String>(
        "METRICS_TOKEN",
        default: "",
        secret: true,
        "Bearer token with which /metrics can be read; empty for administrators alone."
    )
    package static let slowRequest = SettingKey<Int>(
        "SLOW_REQUEST_MS",
        default: 5000,
        "Milliseconds after which a request is logged as slow, with the time of its SQL and of other machines; 0 for never."
    )
    package static let endNotice = SettingKey<Int>(
        "DRAIN_NOTICE",
        default: 0,
        "Seconds for which a server that is told to stop still answers while /ready says that it is not ready."
    )
    package static let enableForwardRequestID = SettingKey<Bool>(
        "ENABLE_FORWARD_REQUEST_ID",
        default: true,
        "Whether model providers are told the id of the request they work for, in X-Request-ID."
    )

    package static let status: [any AnySettingKey] = [
        countersDirectory, hostName, metricsToken, slowRequest, endNotice, enableForwardRequestID,
    ]
}
