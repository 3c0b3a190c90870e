package import Accounts
package import HTTP

/// What the server tells of itself, and what its administrators set, as far as no other feature has it.
package enum AdministrationFeature {
    package static var routes: [Route<Context>] {
        HealthRoutes.all + StatusRoutes.all + ClientConfigRoutes.all + AboutRoutes.all + NotYetBuilt.routes
            + UsageRoutes.all
            + CacheRoutes.all
            + WebhookRoutes.all + ConfigRoutes.all + ToolServerRoutes.all + ConfigDocumentRoutes.all
            + EvaluationConfigRoutes.all + AuditRoutes.all
    }
}
