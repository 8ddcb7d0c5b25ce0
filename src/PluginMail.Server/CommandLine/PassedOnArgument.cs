using System.CommandLine;

namespace PluginMail.Server;

/// <summary>Words that are handed on to others as they are; what begins with a hyphen among them is no option of this program.</summary>
internal sealed class PassedOnArgument(string name) : Argument<string[]>(name);
