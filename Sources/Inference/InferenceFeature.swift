package import Accounts
package import HTTP

package enum InferenceFeature {
    package static let routes: [Route<Context>] =
        TurnRoutes.all + CatalogRoutes.all + ConnectionRoutes.all + EmbeddingRoutes.all + ProxyRoutes.all
        + OllamaRoutes.all + TaskRoutes.all + SocketRoutes.all
        + PlainSocketRoutes.all
}
