/// How much of the machine the processes may take. Each thread of a pool has a database connection; so have turns and jobs, eight at
/// most for each of their processes.
extension Setting {
    package static let webProcesses = SettingKey<Int?>(
        "WEB_PROCESSES",
        default: nil,
        "Processes of the pool that answers most requests; empty for one a core."
    )
    package static let webThreads = SettingKey<Int>(
        "WEB_THREADS",
        default: 4,
        "Threads of each of these processes."
    )
    package static let slowProcesses = SettingKey<Int>(
        "SLOW_PROCESSES",
        default: 1,
        "Processes of the pool for requests that wait on other machines."
    )
    package static let slowThreads = SettingKey<Int>(
        "SLOW_THREADS",
        default: 16,
        "Threads of each of these processes."
    )
    package static let passwordThreads = SettingKey<Int?>(
        "PASSWORD_THREADS",
        default: nil,
        "Sign-ins and new passwords that are worked on at the same time; empty for half as many as cores."
    )
    package static let poolMaximumRequests = SettingKey<Int>(
        "POOL_MAX_REQUESTS",
        default: 0,
        "Requests after which a process of a pool is replaced by a fresh one; 0 for never."
    )
    package static let turnThreads = SettingKey<Int>(
        "TURN_THREADS",
        default: 2048,
        "Chat answers that one turns process makes at the same time."
    )
    package static let jobThreads = SettingKey<Int>(
        "JOB_THREADS",
        default: 8,
        "Jobs in the background that one jobs process runs at the same time."
    )

    package static let pools: [any AnySettingKey] = [
        webProcesses, webThreads, slowProcesses, slowThreads, passwordThreads, poolMaximumRequests, turnThreads,
        jobThreads,
    ]
}
