namespace PluginMail.Dlp.Rules;

/// <summary>What looks like a number of a kind.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Number">Its characters alone; null where its check digits say that it is none.</param>
/// <param name="Certainty">What it takes to be one.</param>
internal readonly record struct Found(int Start, int End, string? Number, Certainty Certainty);
