using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;

namespace PluginMail.Learning;

internal static partial class LearningLog
{
    [LoggerMessage(111, LogLevel.Information, "{Account}: message {Uid} is learned as {Class}")]
    public static partial void Learned(ILogger logger, EmailAddress account, uint uid, MailClass @class);

    [LoggerMessage(112, LogLevel.Warning, "{Account}: message {Uid} is not learned as {Class}: {Reason}")]
    public static partial void NotLearned(ILogger logger, EmailAddress account, uint uid, MailClass @class, string reason);
}
