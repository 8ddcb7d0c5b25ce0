using System.Buffers;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;

namespace PluginMail.Template;

/// <summary>The plugin's one role.</summary>
// sample: MessageCheck
internal sealed partial class SubjectWords(SubjectWordsOptions options, ILogger log) : IMessageCheck
{
    private readonly SearchValues<string> _words = SearchValues.Create([.. options.Words], StringComparison.OrdinalIgnoreCase);

    public ValueTask<Verdict> CheckAsync(IMessageView message, CancellationToken cancellationToken)
    {
        foreach (var header in message.Headers)
        {
            if (header.Name.Equals("Subject", StringComparison.OrdinalIgnoreCase) && header.Value.AsSpan().ContainsAny(_words))
            {
                LogFound(log, message.TransactionId);
                var verdict = Verdict.Apply(new Effect.Score(options.Points, "SUBJECT_WORD"));
                return new(options.Tag.Length > 0 ? verdict.With(new Effect.Tag(options.Tag)) : verdict);
            }
        }

        return new(Verdict.Pass);
    }

    [LoggerMessage(1, LogLevel.Information, "{Transaction} has a word in its subject")]
    private static partial void LogFound(ILogger logger, string transaction);
}
// end sample
