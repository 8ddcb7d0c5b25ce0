namespace PluginMail.Storage;

/// <summary>That annotations were changed, and are on disk.</summary>
/// <param name="Owner">Of a folder or of the server, and who changed them.</param>
/// <param name="Updates">What was given to <see cref="IAnnotationStore.SetAsync"/>, the same object: who changed them knows its own.</param>
public sealed record AnnotationNews(AnnotationOwner Owner, IReadOnlyList<AnnotationUpdate> Updates);
