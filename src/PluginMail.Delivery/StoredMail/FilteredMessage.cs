using PluginMail.Filters.Evaluation;

namespace PluginMail.Delivery;

/// <summary>What a filter says of a message that is there.</summary>
/// <param name="Uid">Its UID.</param>
/// <param name="Subject">Its subject, where it was asked for; otherwise empty.</param>
/// <param name="Result">What the filter decided.</param>
public sealed record FilteredMessage(uint Uid, string Subject, FilterResult Result);
