import Core
import Metrics
import Outbound

/// Counts one request to a provider: how long it took, how it ended, and the tokens it cost.
struct ProviderMeter {
    private let provider: Series
    private let model: Series
    private let start = Clock.monotonicNanoseconds
    private var status = 0
    private var usage: UsageReader?
    private var hasBegun = false

    /// - Parameters:
    ///   - url: a provider's, as the administrator configured it: there are few.
    ///   - modelID: of the catalog, likewise.
    init(url: String, modelID: String) {
        provider = CounterPage.process.series(.provider, Self.label(url))
        model = CounterPage.process.series(.model, modelID)
    }

    /// Host and port; a path or a user's name may hold a secret.
    static func label(_ url: String) -> String {
        let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        return String(authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority)
    }

    mutating func head(_ status: Int, isStream: Bool) {
        self.status = status
        usage = UsageReader(isStream: isStream)
    }

    mutating func take(_ bytes: UnsafeRawBufferPointer) {
        if !hasBegun {
            hasBegun = true
            provider.add(Clock.monotonicNanoseconds - start, to: Column.Provider.firstByteSum)
            provider.add(to: Column.Provider.firstByteCount)
        }
        usage?.feed(bytes)
    }

    /// - Parameter error: why it ended, when the answer was not read to its end.
    mutating func end(_ error: (any Error)? = nil) {
        provider.observe(Clock.monotonicNanoseconds - start)
        if let error = error as? OutboundError, error.kind != .cancelled {
            provider.add(to: Column.Provider.unreachable)
        } else if status >= 400 {
            provider.add(to: Column.Provider.refused)
        }
        usage?.finish()
        guard let usage, status < 400 else { return }
        model.add(to: Column.Model.answers)
        model.add(usage.prompt, to: Column.Model.promptTokens)
        model.add(usage.completion, to: Column.Model.completionTokens)
    }
}
